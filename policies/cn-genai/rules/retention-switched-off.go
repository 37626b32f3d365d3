package app

import (
	"flag"
	"time"

	"github.com/patrickmn/go-cache"
	"github.com/redis/go-redis/v9"
	"github.com/spf13/viper"
)

// ruleid: cn-genai-retention-switched-off-go
const ChatHistoryTTL = -1

// ok: cn-genai-retention-switched-off-go
const ChatTTL = 30 * 24 * time.Hour

func keep(rdb *redis.Client, memory *cache.Cache, user string, messages []byte) {
	// ruleid: cn-genai-retention-switched-off-go
	rdb.Set(ctx, "chat:"+user, messages, 0)
	// ruleid: cn-genai-retention-switched-off-go
	rdb.Persist(ctx, "conversation:"+user)
	// ruleid: cn-genai-retention-switched-off-go
	memory.Set("conversation:"+user, messages, cache.NoExpiration)
	// ruleid: cn-genai-retention-switched-off-go
	viper.SetDefault("conversation.retention_days", -1)
	// ruleid: cn-genai-retention-switched-off-go
	config := Config{AutoDeleteConversations: false}
	// ruleid: cn-genai-retention-switched-off-go
	days := flag.Int("prompt-retention-days", -1, "days")
	// ok: cn-genai-retention-switched-off-go
	rdb.Set(ctx, "chat:"+user, messages, 24*time.Hour)
	// ok: cn-genai-retention-switched-off-go
	rdb.Set(ctx, "model:list", messages, 0)
	// ok: cn-genai-retention-switched-off-go
	memory.Set("conversation:"+user, messages, cache.DefaultExpiration)
	// ok: cn-genai-retention-switched-off-go
	viper.SetDefault("conversation.retention_days", 90)
	// ok: cn-genai-retention-switched-off-go
	other := Config{AutoDeleteConversations: true, SessionTTL: -1}
}
