"""Names of calls that look like work and are none: logs, clocks, copies, plain answers. Of all languages that are read."""

from __future__ import annotations

import re

LOGS = re.compile(
    r"^(?:print|println|puts|alert)$|^fmt\.Print|^System\.(?:out|err)\.|^console\.|^(?:self\.|this\.|cls\.)?_?(?:log|logger|logging|slog|LOG|LOGGER|Logger|"
    r"zap|sugar|logrus|glog|klog|loguru|structlog)\.|\.(?:debug|info|warn|warning|Debug|Info|Warn|Infof|Debugf|Warnf|Printf|Println)$"
)
#: Calls whose result says nothing about the request, or that change nothing.
IDLE = re.compile(
    r"^(?:len|isinstance|type|id|hash|bool|int|float|repr|range|super|getattr|hasattr)$|(?:^|\.)(?:sleep|uuid[14]|now|utcnow|today|perf_counter|monotonic|"
    r"randomUUID|token_hex|token_urlsafe|isoformat|strftime|getLogger|get_logger|Now|NewString)$|^(?:errors\.New|fmt\.Errorf)$|^(?:time|random|secrets|uuid|datetime|Date|Math)\."
)
#: Calls that hand back what they are given.
SAME = re.compile(
    r"^(?:str|bytes|list|dict|tuple|set|iter|next|copy|deepcopy|copy\.copy|copy\.deepcopy|String|Array\.from|Promise\.resolve|Object\.assign|string|cast)$"
)
#: Methods that read or copy the value they are called on.
READS = re.compile(
    r"^(?:json|form|body|text|read|get|get_json|getlist|data|model_dump|dict|copy|clone|strip|trim|toString|encode|decode|items|keys|values|query|param|"
    r"Query|Param|PostForm|FormValue|ShouldBindJSON|ShouldBind|BindJSON|Bind|is_valid|valueOf|slice)$"
)
#: Members by which a transformer of a stream hands on what it has.
PASSES_ON = re.compile(r"\.(?:enqueue|push|write|next|emit|send)$")
STREAM_MAKERS = re.compile(r"(?:^|\.)(?:TransformStream|Transform|ReadableStream|Readable)$")
#: Calls that only answer: their arguments decide whether anything was done.
ANSWERS = re.compile(
    r"(?:Response|Http404|HTTPException|ResponseEntity)$|(?:^|\.)(?:jsonify|make_response|render_template|render|redirect|ok|accepted|created|noContent|"
    r"build|ok_response|success)$"
)
#: Methods that only answer when they are called on the response, or on a class of responses.
ANSWERS_BY_RECEIVER = re.compile(
    r"\.(?:json|send|sendStatus|status|end|JSON|String|HTML|Status|AbortWithStatus|AbortWithStatusJSON|body|write|type|set|header|setHeader)$"
)
RESPONSE = re.compile(r"^(?:res|resp|response|reply|ctx|c|w|[A-Z]\w*)$")
NOT_IMPLEMENTED = re.compile(r"NotImplemented|UnsupportedOperation|not.?implemented", re.IGNORECASE)
BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]*")
#: Values that a test for input, or for its type, compares with.
NOTHING_SAID = (None, "", 0, False, True, "string", "object", "number", "function", "undefined", "boolean")
