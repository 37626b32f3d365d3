import insightface
from dashscope.audio.tts_v2 import VoiceEnrollmentService
from elevenlabs.client import ElevenLabs
from fastapi import APIRouter, Depends
from flask import Flask, abort, request
from TTS.api import TTS

from app.consent import consent_of, requires_consent

router = APIRouter()
app = Flask(__name__)
client = ElevenLabs()
tts = TTS("xtts_v2")
swapper = insightface.model_zoo.get_model("inswapper_128.onnx")


@app.post("/swap")
def swap():
    frame, face, source = faces(request.files)
    # ruleid: cn-genai-face-or-voice-without-consent-python
    return swapper.get(frame, face, source, paste_back=True)


@router.post("/voices")
async def add_voice(name: str, files: list):
    # ruleid: cn-genai-face-or-voice-without-consent-python
    return client.voices.add(name=name, files=files)


@router.post("/speak")
async def speak(text: str, sample: str):
    # ruleid: cn-genai-face-or-voice-without-consent-python
    tts.tts_to_file(text=text, speaker_wav=sample, file_path="out.wav")


def django_view(request):
    # ruleid: cn-genai-face-or-voice-without-consent-python
    return respond(clone_voice(request.FILES["sample"]))


def enrol(url):
    service = VoiceEnrollmentService()
    # ruleid: cn-genai-face-or-voice-without-consent-python
    return service.create_voice(target_model="cosyvoice-v2", prefix="user", url=url)


def gradio_click(photo, audio):
    # ruleid: cn-genai-face-or-voice-without-consent-python
    return create_talking_head(photo, audio)


@app.post("/swap-checked")
def swap_checked():
    if not consent_of(request.form["person"]):
        abort(403)
    frame, face, source = faces(request.files)
    # ok: cn-genai-face-or-voice-without-consent-python
    return swapper.get(frame, face, source, paste_back=True)


@requires_consent
def add_voice_guarded(name, files):
    # ok: cn-genai-face-or-voice-without-consent-python
    return client.voices.add(name=name, files=files)


@router.post("/speak-checked")
async def speak_checked(text: str, sample: str, person=Depends(requires_consent)):
    # ok: cn-genai-face-or-voice-without-consent-python
    tts.tts_to_file(text=text, speaker_wav=sample, file_path="out.wav")


def own(request):
    if request.POST["person_agreed"] != "yes":
        return refuse()
    # ok: cn-genai-face-or-voice-without-consent-python
    return respond(clone_voice(request.FILES["sample"]))


def stock_voice(text):
    # ok: cn-genai-face-or-voice-without-consent-python
    tts.tts_to_file(text=text, speaker="narrator", file_path="out.wav")


def voices_listed():
    # ok: cn-genai-face-or-voice-without-consent-python
    return client.voices.get_all()


def rows(frame):
    # ok: cn-genai-face-or-voice-without-consent-python
    return frame.merge(other).get("a", "b", "c")
