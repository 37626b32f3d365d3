"""Names that say what a call outside the tree does with a value: sends it to somebody, measures it, or hands it to a callback."""

from __future__ import annotations

import re

#: Members that can only mean "this goes to the client".
SENDING = frozenset(
    [
        "send_text",
        "send_json",
        "send_bytes",
        "send_message",
        "send_str",
        "write_message",
        "write_json",
        "WriteMessage",
        "WriteJSON",
        "SSEvent",
        "sendFile",
        "send_file",
        "send_photo",
        "send_audio",
        "send_voice",
        "send_video",
        "jsonp",
        "Fprint",
        "Fprintf",
        "Fprintln",
        "tryEmitNext",
        "emitNext",
        "reply_text",
        "reply_photo",
        "answer_photo",
        "sendText",
        "sendMessage",
        "sendSync",
        "convertAndSend",
        "convertAndSendToUser",
        "writeAndFlush",
        "SendString",
        "SendStream",
        "write_sse",
        "render_template_string",
    ]
)

#: Members that send when their receiver is a response, socket, stream or chat event, and mean something else otherwise.
SENDING_BY_RECEIVER = frozenset(
    [
        "send",
        "write",
        "end",
        "json",
        "JSON",
        "String",
        "Data",
        "HTML",
        "XML",
        "Stream",
        "Write",
        "WriteString",
        "Encode",
        "emit",
        "push",
        "publish",
        "enqueue",
        "next",
        "onNext",
        "print",
        "println",
        "reply",
        "answer",
        "body",
        "respond",
        "edit",
        "Send",
        "Render",
        "Blob",
        "SendBytes",
    ]
)
RECEIVER = re.compile(
    r"(?i)(^|_)(res|resp|response|reply|ws|websocket|socket|sock|conn|connection|ctx|context|c|w|writer|rw|emitter|sink|session|controller|"
    r"stream|client|bot|event|channel|msg|message|update|out|output|outputstream|observer|subscriber|sse|encoder|queue|sender|dispatcher)s?$"
    r"|(Response|Emitter|Writer|Socket|Session|Channel|Sender|Stream|Controller|Context|Encoder)$"
)

#: Constructors and functions whose result is what the framework sends.
RESPONSES = re.compile(r"(Response|Reply|jsonify|ResponseEntity|send_file|stream_with_context|SseEmitter)$")

#: What is read off a model's answer without being its content.
NOT_CONTENT_ATTRIBUTES = frozenset(
    [
        "usage",
        "id",
        "model",
        "created",
        "status",
        "status_code",
        "statusCode",
        "headers",
        "finish_reason",
        "finishReason",
        "role",
        "total_tokens",
        "totalTokens",
        "prompt_tokens",
        "completion_tokens",
        "input_tokens",
        "output_tokens",
        "index",
        "object",
        "elapsed",
        "ok",
        "length",
        "size",
        "request_id",
        "requestId",
        "code",
        "__class__",
        "tool_call_id",
    ]
)
NOT_CONTENT_CALLS = frozenset(
    [
        "len",
        "isinstance",
        "bool",
        "hash",
        "type",
        "id",
        "hasattr",
        "callable",
        "sizeof",
        "cap",
        "count",
        "size",
        "length",
        "isEmpty",
        "isBlank",
        "hasText",
        "startswith",
        "endswith",
        "startsWith",
        "endsWith",
        "contains",
        "includes",
        "equals",
        "time",
        "sleep",
        "now",
        "is_set",
        "done",
        "cancel",
        "close",
        "aclose",
        "release",
        "commit",
        "rollback",
        "raise_for_status",
        "isSuccessful",
        "test",
        "match",
        "getStatusCode",
        "info",
        "debug",
        "warning",
        "warn",
        "error",
        "exception",
        "log",
        "trace",
        "Info",
        "Debug",
        "Warn",
        "Error",
        "Infof",
        "Debugf",
        "Warnf",
        "Errorf",
        "Printf",
        "Println",
        "sha256",
        "md5",
    ]
)
COMPARISONS = frozenset(
    ["==", "!=", "<", ">", "<=", ">=", "in", "not-in", "is", "is-not", "===", "!==", "!", "not", "type-is", "instanceof"]
)

#: Callback-taking members whose result is what the callback returns.
MAPPING = frozenset(
    [
        "map",
        "flatMap",
        "then",
        "thenApply",
        "thenCompose",
        "transform",
        "mapNotNull",
        "concatMap",
        "switchMap",
        "map_async",
        "apply",
        "handle",
        "mapToObj",
    ]
)

#: Arguments of a generation call that are not the user's words.
NOT_PROMPT = frozenset(
    [
        "model",
        "user",
        "temperature",
        "top_p",
        "stream",
        "max_tokens",
        "n",
        "size",
        "quality",
        "response_format",
        "timeout",
        "headers",
        "api_key",
        "base_url",
        "seed",
        "stop",
        "tools",
        "tool_choice",
        "extra_body",
        "extra_headers",
        "session_id",
        "conversation_id",
        "user_id",
        "style",
        "voice",
        "speed",
        "format",
        "num_inference_steps",
        "guidance_scale",
        "width",
        "height",
        "modelId",
        "model_id",
        "maxTokens",
        "topP",
        "abortSignal",
        "onFinish",
        "onError",
        "signal",
        "callbacks",
        "config",
    ]
)

#: Unresolved names through which a handler sees the request.
REQUESTS = frozenset(["request", "req", "flask_request"])

#: Calls that end the request when a check fails.
STOPPING = frozenset(
    ["abort", "abort_with_status", "AbortWithStatusJSON", "AbortWithStatus", "Abort", "exit", "redirect", "panic", "reject"]
)

#: Calls that take a value out of the queue that a producer put it into.
TAKING = frozenset(
    [
        "get",
        "get_nowait",
        "pop",
        "lpop",
        "rpop",
        "blpop",
        "brpop",
        "receive",
        "recv",
        "poll",
        "take",
        "popleft",
        "consume",
        "dequeue",
        "BLPop",
        "BRPop",
        "LPop",
        "RPop",
    ]
)

#: Calls that keep a value in a store that outlives the function.
KEEPING = frozenset(["set", "setex", "put", "hset", "setdefault", "append", "lpush", "rpush", "Set", "Put", "Store"])

#: Calls that write what they have into one of their arguments (`picture.save(buffer)`, `json.dump(answer, file)`).
WRITING_INTO = frozenset(
    [
        *("save", "dump", "copyfileobj", "export", "tofile", "savefig", "encode", "Encode", "Copy", "compress"),
        *("transferTo", "writeTo", "write_to", "pipe", "pipeTo", "Fprint", "Fprintf", "convert"),
    ]
)
