package app;

import com.alibaba.dashscope.audio.ttsv2.enrollment.VoiceEnrollmentService;
import com.aliyuncs.facebody.model.v20191230.MergeImageFaceRequest;
import org.springframework.web.bind.annotation.*;

@RestController
class Faces {
    @PostMapping("/swap")
    Image swap(@RequestBody Swap body) {
        // ruleid: cn-genai-face-or-voice-without-consent-java
        return engine.swapFace(body.target(), body.source());
    }

    @PostMapping("/merge")
    Image merge(String url) {
        // ruleid: cn-genai-face-or-voice-without-consent-java
        MergeImageFaceRequest request = new MergeImageFaceRequest();
        return client.getAcsResponse(request);
    }

    String enrol(String url) {
        // ruleid: cn-genai-face-or-voice-without-consent-java
        return service.createVoice("cosyvoice-v2", "user", url).getVoiceId();
    }

    @Post("/clone")
    String clone(byte[] sample) {
        // ruleid: cn-genai-face-or-voice-without-consent-java
        return speech.cloneVoice(sample);
    }

    @POST
    @Path("/talk")
    public Response talk(Form form) {
        // ruleid: cn-genai-face-or-voice-without-consent-java
        return Response.ok(avatars.createTalkingHead(form.photo, form.audio)).build();
    }

    void handle(RoutingContext context) {
        // ruleid: cn-genai-face-or-voice-without-consent-java
        context.end(portraits.animatePortrait(context.body()));
    }

    @PostMapping("/swap-checked")
    Image swapChecked(@RequestBody Swap body) {
        if (!consents.given(body.person())) {
            throw new Forbidden();
        }
        // ok: cn-genai-face-or-voice-without-consent-java
        return engine.swapFace(body.target(), body.source());
    }

    @RequiresConsent
    Image swapGuarded(Swap body) {
        // ok: cn-genai-face-or-voice-without-consent-java
        return engine.swapFace(body.target(), body.source());
    }

    @ConsentRequired("face")
    Image swapForFaces(Swap body) {
        // ok: cn-genai-face-or-voice-without-consent-java
        return engine.swapFace(body.target(), body.source());
    }

    String enrolAgreed(Sample sample) {
        if (!sample.personAgreed()) return null;
        // ok: cn-genai-face-or-voice-without-consent-java
        return service.createVoice("cosyvoice-v2", "user", sample.url()).getVoiceId();
    }

    Object copy(Options options) {
        // ok: cn-genai-face-or-voice-without-consent-java
        return options.clone();
    }

    Report merge(Report left, Report right) {
        // ok: cn-genai-face-or-voice-without-consent-java
        return left.merge(right);
    }
}
