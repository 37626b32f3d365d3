package app

import (
	"flag"
	"os"

	"github.com/google/generative-ai-go/genai"
	"github.com/spf13/viper"
)

// ruleid: cn-genai-moderation-switched-off-go
var CheckSensitiveEnabled = false

// ok: cn-genai-moderation-switched-off-go
var ContentFilterEnabled = true

// ok: cn-genai-moderation-switched-off-go
var DebugEnabled = false

func configure(model *genai.GenerativeModel) Options {
	// ruleid: cn-genai-moderation-switched-off-go
	viper.SetDefault("moderation.enabled", false)
	// ruleid: cn-genai-moderation-switched-off-go
	if os.Getenv("MODERATION_ENABLED") == "true" {
		use(check)
	}
	// ruleid: cn-genai-moderation-switched-off-go
	model.SafetySettings = []*genai.SafetySetting{{Category: genai.HarmCategoryHarassment, Threshold: genai.HarmBlockNone}}
	// ruleid: cn-genai-moderation-switched-off-go
	on := flag.Bool("enable-moderation", false, "check prompts")
	// ruleid: cn-genai-moderation-switched-off-go
	sensitive := env.Bool("SENSITIVE_WORD_CHECK_ENABLED", false)
	// ruleid: cn-genai-moderation-switched-off-go
	return Options{On: *on, Sensitive: sensitive, SkipModeration: true}
}

func configureChecked(model *genai.GenerativeModel) Options {
	// ok: cn-genai-moderation-switched-off-go
	viper.SetDefault("moderation.enabled", true)
	// ok: cn-genai-moderation-switched-off-go
	if os.Getenv("MODERATION_ENABLED") != "false" {
		use(check)
	}
	// ok: cn-genai-moderation-switched-off-go
	model.SafetySettings = []*genai.SafetySetting{{Category: genai.HarmCategoryHarassment, Threshold: genai.HarmBlockLowAndAbove}}
	// ok: cn-genai-moderation-switched-off-go
	return Options{Moderate: true, SkipCache: true}
}

func threshold(name string) genai.HarmBlockThreshold {
	switch name {
	case "none":
		// ok: cn-genai-moderation-switched-off-go
		return genai.HarmBlockNone
	}
	return genai.HarmBlockLowAndAbove
}
