package app;

import org.springframework.web.bind.annotation.*;

class Chat {
    @PostMapping("/chat")
    String chat(@RequestBody ChatRequest request) {
        // ruleid: cn-genai-input-to-training-without-consent-java
        trainingStore.save(request.getPrompt());
        // ok: cn-genai-input-to-training-without-consent-java
        history.save(request.getPrompt());
        return model.call(request.getPrompt());
    }

    void feedback(String userInput) {
        Sample sample = new Sample(userInput);
        // ruleid: cn-genai-input-to-training-without-consent-java
        this.trainingSet.add(sample);
    }

    @POST
    void ask(AskDto dto) {
        // ruleid: cn-genai-input-to-training-without-consent-java
        samples.saveTrainingSample(dto.question());
    }

    void listen(Message message) {
        // ruleid: cn-genai-input-to-training-without-consent-java
        fineTuneQueue.send(message.getUserMessage());
    }

    void export(String prompt) {
        // ruleid: cn-genai-input-to-training-without-consent-java
        exportForTraining(prompt);
    }

    void keep(ChatCommand command) {
        // ruleid: cn-genai-input-to-training-without-consent-java
        sftDataset.insert(command.getMessages());
    }

    void keepChecked(User user, ChatCommand command) {
        if (!user.hasConsented()) return;
        // ok: cn-genai-input-to-training-without-consent-java
        sftDataset.insert(command.getMessages());
    }

    void keepAllowed(User user, String prompt) {
        if (policy.mayUse(user)) {
            // ok: cn-genai-input-to-training-without-consent-java
            trainingSet.add(prompt);
        }
    }

    void keepClean(String prompt) {
        // ok: cn-genai-input-to-training-without-consent-java
        trainingSet.add(Privacy.anonymize(prompt));
    }

    void licensed(Row row) {
        // ok: cn-genai-input-to-training-without-consent-java
        trainingSet.add(row);
    }

    void remember(String prompt) {
        // ok: cn-genai-input-to-training-without-consent-java
        conversations.add(prompt);
    }
}
