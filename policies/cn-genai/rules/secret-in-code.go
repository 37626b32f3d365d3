package app

import (
	"os"

	openai "github.com/sashabaranov/go-openai"
	"github.com/spf13/viper"
)

// ruleid: cn-genai-secret-in-code
var client = openai.NewClient("sk-proj-Zk29fLqT7xV0bWc4nRy8Hd3JmEa6Ug1PsoQi5K")

// ruleid: cn-genai-secret-in-code
const apiKey = "q8ZrT2Vb7Nc4Xw9Ye3LmKd5Hs6Jf1Ga0"

// ruleid: cn-genai-secret-in-code
var accessKeyID = "LTAI5tKq8Zr2Vb7Nc4Xw9Ye3"

func clients() []any {
	// ruleid: cn-genai-secret-in-code
	appSecret := "7d1f0c9be24a4c6f8d3e5a7b9c1d2e3f"
	// ruleid: cn-genai-secret-in-code
	viper.SetDefault("deepseek", "sk-4f7c1e09ab3d4e5f9c8b7a6d5e4f3c2b")
	// ruleid: cn-genai-secret-in-code
	hub := Hub{Token: "hf_QzLrTvBnXwYeKmDhSjFgAaCcEeGgIiKk9M"}
	// ok: cn-genai-secret-in-code
	fromEnvironment := openai.NewClient(os.Getenv("OPENAI_API_KEY"))
	// ok: cn-genai-secret-in-code
	fromConfig := openai.NewClient(viper.GetString("openai.api_key"))
	// ok: cn-genai-secret-in-code
	usage := "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	// ok: cn-genai-secret-in-code
	secretKey := "replace-me-with-the-secret-key-1"
	// ok: cn-genai-secret-in-code
	disk := "disk-usage-of-conversations-in-megabytes-v2"
	// ok: cn-genai-secret-in-code
	accessToken := ""
	return []any{appSecret, hub, fromEnvironment, fromConfig, usage, secretKey, disk, accessToken}
}
