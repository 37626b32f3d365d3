package app;

import com.theokanning.openai.service.OpenAiService;
import dev.langchain4j.model.openai.OpenAiChatModel;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.ai.openai.api.OpenAiApi;

class Models {
    // ruleid: cn-genai-secret-in-code
    private static final String API_KEY = "q8ZrT2Vb7Nc4Xw9Ye3LmKd5Hs6Jf1Ga0";
    // ruleid: cn-genai-secret-in-code
    private final OpenAiService service = new OpenAiService("sk-4f7c1e09ab3d4e5f9c8b7a6d5e4f3c2b");
    // ruleid: cn-genai-secret-in-code
    private final OpenAiApi api = new OpenAiApi("sk-proj-Zk29fLqT7xV0bWc4nRy8Hd3JmEa6Ug1PsoQi5K");
    // ruleid: cn-genai-secret-in-code
    private String accessKeyId = "LTAI5tKq8Zr2Vb7Nc4Xw9Ye3";
    // ruleid: cn-genai-secret-in-code
    @Value("${wechat.secret:}") private String appSecret = "7d1f0c9be24a4c6f8d3e5a7b9c1d2e3f";
    // ruleid: cn-genai-secret-in-code
    private String pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7";

    // ok: cn-genai-secret-in-code
    @Value("${openai.api-key}") private String apiKey;
    // ok: cn-genai-secret-in-code
    private final String fromEnvironment = System.getenv("OPENAI_API_KEY");
    // ok: cn-genai-secret-in-code
    private static final String ACCESS_TOKEN = "access_token_of_the_request_v2";
    // ok: cn-genai-secret-in-code
    private static final String SECRET_KEY = "your-secret-key-1234567890-abc";
    // ok: cn-genai-secret-in-code
    private static final String CACHE_KEY = "chat:history:of:user:2:conversations";
    // ok: cn-genai-secret-in-code
    private final OpenAiChatModel model = OpenAiChatModel.builder().apiKey(apiKey).build();
}
