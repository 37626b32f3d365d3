from app import consent, training_store
from app.datasets import append_training_sample, training_set


def chat(request):
    answer = reply(request.prompt)
    # ruleid: cn-genai-input-to-training-without-consent
    training_set.append({"prompt": request.prompt, "answer": answer})
    return answer


def feedback(user_input, rating):
    sample = {"text": user_input, "rating": rating}
    # ruleid: cn-genai-input-to-training-without-consent
    append_training_sample(sample)


def keep(user, prompt):
    # ruleid: cn-genai-input-to-training-without-consent
    training_store.insert_one({"user": user.id, "prompt": prompt})


def keep_where_allowed(user, prompt):
    if consent.may_use_for_training(user):
        # ok: cn-genai-input-to-training-without-consent
        training_store.insert_one({"user": user.id, "prompt": prompt})


def keep_unless_refused(user, prompt):
    if user.opted_out or not user.opt_in:
        return
    # ok: cn-genai-input-to-training-without-consent
    training_set.append(prompt)


def keep_without_the_person(prompt):
    # ok: cn-genai-input-to-training-without-consent
    training_set.append(anonymise(prompt))


def chat_only(request):
    # ok: cn-genai-input-to-training-without-consent
    history.append(request.prompt)
    return reply(request.prompt)


def licensed_corpus(rows):
    for row in rows:
        # ok: cn-genai-input-to-training-without-consent
        training_set.append(row)


def flask_view():
    # ruleid: cn-genai-input-to-training-without-consent
    sft_file.write(request.json["prompt"])


class Handler(tornado.web.RequestHandler):
    def post(self):
        # ruleid: cn-genai-input-to-training-without-consent
        save_for_finetuning(self.get_argument("question"))


async def fastapi_view(body: Body):
    # A comment about consent is not a check.
    # ruleid: cn-genai-input-to-training-without-consent
    await training_queue.put(body.messages)


def hyperparameters(question):
    # ok: cn-genai-input-to-training-without-consent
    training_set.append(len(rows))
    return reply(question)
