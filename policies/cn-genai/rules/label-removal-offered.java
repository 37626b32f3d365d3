package app;

import org.springframework.web.bind.annotation.*;

class ImageRequest {
    private String prompt;
    // ruleid: cn-genai-label-removal-offered-java
    private Boolean removeWatermark;
    // ok: cn-genai-label-removal-offered-java
    private Boolean removeBackground;
}

// ruleid: cn-genai-label-removal-offered-java
record VideoRequest(String prompt, boolean noWatermark) {}

@RestController
class Images {
    @GetMapping("/image")
    // ruleid: cn-genai-label-removal-offered-java
    Image image(@RequestParam String prompt, @RequestParam("no_watermark") boolean bare) {
        return draw(prompt, bare);
    }

    @GetMapping("/sketch")
    // ruleid: cn-genai-label-removal-offered-java
    Image sketch(@RequestParam(required = false) Boolean hideAiLabel) {
        return draw(hideAiLabel);
    }

    @GetMapping("/photo")
    // ok: cn-genai-label-removal-offered-java
    Image photo(@RequestParam("watermark_text") String text, @RequestParam boolean hideLabels) {
        return draw(text);
    }

    void servlet(HttpServletRequest request) {
        // ruleid: cn-genai-label-removal-offered-java
        String bare = request.getParameter("without_watermark");
        // ok: cn-genai-label-removal-offered-java
        String size = request.getParameter("size");
    }

    void javalin(Context ctx, JSONObject body) {
        // ruleid: cn-genai-label-removal-offered-java
        boolean plain = body.getBoolean("remove_aigc_label");
        // ok: cn-genai-label-removal-offered-java
        boolean dark = body.getBoolean("dark_mode");
    }
}

class Renderer {
    // ok: cn-genai-label-removal-offered-java
    private boolean removeWatermark;

    // ok: cn-genai-label-removal-offered-java
    void watermark(Image image, String text) {}
}
