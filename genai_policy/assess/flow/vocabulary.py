"""Names that say what a call outside the tree does with a value: sends it to somebody, measures it, or hands it to a callback."""

# ruff: noqa: SIM905  (long word lists read better as text)
from __future__ import annotations

import re

#: Members that can only mean "this goes to the client".
SENDING = frozenset(
    """send_text send_json send_bytes send_message send_str write_message write_json WriteMessage WriteJSON SSEvent sendFile
    send_file send_photo send_audio send_voice send_video jsonp Fprint Fprintf Fprintln tryEmitNext writeSSE emitNext reply_text
    reply_photo answer_photo sendText sendMessage sendSync appendMarkdown convertAndSend convertAndSendToUser writeAndFlush
    SendString SendStream write_sse render_template_string""".split()
)

#: Members that send when their receiver is a response, socket, stream or chat event, and mean something else otherwise.
SENDING_BY_RECEIVER = frozenset(
    """send write end json JSON String Data HTML XML Stream Write WriteString Encode emit push publish enqueue next onNext print
    println reply answer body respond edit Send Render Blob SendBytes writeData writeMessageAnnotation merge html XMLPretty
    JSONPretty IndentedJSON PureJSON SecureJSON AsciiJSON JSONBlob SendStream Flush write_eof stream_token""".split()
)
#: What a process writes for whoever runs it.
OWN_OUTPUT = re.compile(r"^(?:System\.(?:out|err)|sys\.std(?:out|err)|process\.std(?:out|err)|os\.Std(?:out|err))(?:\.|$)")
RECEIVER = re.compile(
    r"(?i)(^|_)(res|resp|response|reply|ws|websocket|socket|sock|conn|connection|ctx|context|c|w|writer|rw|emitter|sink|session|controller|"
    r"stream|client|bot|event|channel|msg|message|update|out|output|outputstream|observer|subscriber|sse|encoder|queue|sender|dispatcher)s?$"
    r"|(Response|Emitter|Writer|Socket|Session|Channel|Sender|Stream|Controller|Context|Encoder)$"
)

#: Members that show something on a page that a script builds, when their receiver is a part of the page.
SHOWING = frozenset(
    """write markdown image audio video text code json write_stream info success caption update header subheader download_button""".split()
)
PAGE = re.compile(r"^(?:st|streamlit)$|(?i:placeholder|container|expander|column|sidebar|chat_message|empty)")
#: Members of somebody else's classes that show something to the user, by their full names.
SHOWN_BY = re.compile(
    r"^com\.vaadin\.flow\.component\.\w.*\.(?:setText|appendText|appendMarkdown|setMarkdown|addItem|setItems|setSrc|setValue|add)$"
)
#: Members that send what they are called on.
SENDING_ITSELF = frozenset(
    """mergeIntoDataStream pipeDataStreamToResponse pipeTextStreamToResponse pipeUIMessageStreamToResponse mergeIntoUIMessageStream
    pipeTextStream pipeDataStream""".split()
)
#: Classes of messages that go out when they are told to.
MESSAGES = re.compile(r"(?i)message$|^(?:image|audio|video|text|reply)$")
#: Functions that a framework gives a handler to answer with.
ANSWERING = frozenset("say reply respond send ack answer".split())
#: Classes that hand out, piece by piece, what a model makes elsewhere.
STREAMERS = re.compile(r"IteratorCallbackHandler$|IteratorStreamer$")

#: Constructors and functions whose result is what the framework sends.
RESPONSES = re.compile(r"(Response|Reply|jsonify|ResponseEntity|send_file|stream_with_context|SseEmitter)$")

#: What is read off a model's answer without being its content.
NOT_CONTENT_ATTRIBUTES = frozenset(
    """usage id model created status status_code statusCode headers finish_reason finishReason role total_tokens totalTokens
    prompt_tokens completion_tokens input_tokens output_tokens index elapsed ok length size request_id requestId code __class__
    tool_call_id""".split()
)
NOT_CONTENT_CALLS = frozenset(
    """len isinstance bool hash type id hasattr callable sizeof cap count size length isEmpty isBlank hasText startswith endswith
    startsWith endsWith contains includes equals time sleep now is_set done cancel close aclose release commit rollback
    raise_for_status isSuccessful test match getStatusCode info debug warning warn error exception log trace Info Debug Warn Error
    Infof Debugf Warnf Errorf Printf Println sha256 md5""".split()
)
COMPARISONS = frozenset("== != < > <= >= in not-in is is-not === !== ! not type-is instanceof".split())

#: Callback-taking members whose result is what the callback returns.
MAPPING = frozenset(
    "map flatMap then thenApply thenCompose transform mapNotNull concatMap switchMap map_async apply handle mapToObj".split()
)

#: Arguments of a generation call that are not the user's words.
NOT_PROMPT = frozenset(
    """model user temperature top_p stream max_tokens n size quality response_format timeout headers api_key base_url seed stop tools
    tool_choice extra_body extra_headers session_id conversation_id user_id style voice speed format num_inference_steps
    guidance_scale width height modelId model_id maxTokens topP abortSignal onFinish onError signal callbacks config""".split()
)

#: Unresolved names through which a handler sees the request.
REQUESTS = frozenset("request req flask_request".split())

#: Words of names that say what a check's yes means: the text is fine, or it is not.
FINE = frozenset("ok safe clean allowed allow valid passes passed pass acceptable accepted permitted fine legal good appropriate".split())
NOT_FINE = frozenset(
    """bad blocked block banned flagged unsafe sensitive forbidden refused rejected violation violations violates illegal hit hits toxic
    harmful disallowed invalid inappropriate""".split()
)
NEGATING = frozenset("not non no un never without".split())

#: Calls that end the request when a check fails.
STOPPING = frozenset("abort abort_with_status AbortWithStatusJSON AbortWithStatus Abort exit redirect panic reject".split())

#: Calls that take a value out of the queue that a producer put it into.
TAKING = frozenset("get get_nowait pop lpop rpop blpop brpop receive recv poll take popleft consume dequeue BLPop BRPop LPop RPop".split())

#: Calls that keep a value in a store that outlives the function.
KEEPING = frozenset("push unshift set setex put hset setdefault append lpush rpush Set Put Store".split())

#: Calls that write what they have into one of their arguments (`picture.save(buffer)`, `json.dump(answer, file)`).
WRITING_INTO = frozenset(
    [
        *("save", "dump", "copyfileobj", "export", "tofile", "savefig", "encode", "Encode", "Copy", "compress"),
        *("transferTo", "writeTo", "write_to", "pipe", "pipeTo", "Fprint", "Fprintf", "convert"),
    ]
)

#: How a call edge says that the function is handed to the call rather than called by it.
HANDED_ON = frozenset("callback thread task injection registry-callback".split())

#: Names a wrapper calls what it wraps by.
NEXT = frozenset("call_next next Next get_response callNext nextHandler call_handler".split())

#: Frameworks whose middleware stands around what is registered after it only.
IN_ORDER = frozenset("koa express gin fiber connect restify polka".split())
#: Frameworks in which a handler answers by what it puts into a part of its first parameter.
BY_BODY = frozenset(("koa",))

#: Functions that a framework calls with the response.
AFTER = frozenset("beforeBodyWrite process_response after_request postHandle onSend transformResponse".split())
RESPONSE_PARAMETER = re.compile(r"^(?:response|resp|res_body|body|payload|return_?value|result|output)$", re.IGNORECASE)
REQUEST_PARAMETER = re.compile(r"^(?:request|req|ctx|c|context|scope|exchange|r|w|info|environ|args|self_request)$", re.IGNORECASE)

#: Parameters and members that are not the user's words.
NOT_WORDS = re.compile(
    r"(?:^|_)(?:id|ids|uuid|token|user|username|model|temperature|size|stream|session|db|page|limit|offset|cursor|user_?id|response|res|next)$"
    r"|(?:Id|ID|Token|Uuid)$"
)

#: Members of a wrapping writer that the framework calls.
WRITERS = frozenset("Write WriteString write end WriteHeaderNow push println print".split())
#: Classes that hold a response so that its wrapper can change it.
HOLDING = re.compile(r"(?i)(wrapper|recorder|writer|buffer|caching|capture|holder|interceptor)")
#: Receivers written like a class: the call makes a response, which leaves where it is returned.
CONSTRUCTING = re.compile(r"^[A-Z]")
#: Variables that hold the function that was replaced.
ORIGINAL = re.compile(r"(?i)(orig|old|super|base|prev|native|raw|real|inner|send|json|write|next|end|_)")
#: Methods of a response class that the framework reads the content by.
READ_BY_FRAMEWORK = frozenset("render __iter__ __aiter__ make_bytes stream_response iterator content_stream".split())
#: Constructors whose callbacks produce or transform a stream.
STREAM_MAKERS = frozenset("ReadableStream TransformStream Transform Readable createDataStream createUIMessageStream".split())
PIPING = frozenset("pipe pipeThrough pipeTo transform transformDeferred as compose".split())
#: Members of listeners that are told of the answer.
TOLD = re.compile(r"^(?:on[_A-Z]\w*|accept|emit|handle\w*|__call__|put|write)$")
#: Members of listeners that are told of something else than content.
FAILING = re.compile(r"(?i)error|fail|open$|close|abort|cancel|start$|__init__|init")
#: Arguments of a generation call that it puts its answer into.
FILLED = frozenset("streamer callback_handler out output file file_obj dst".split())
#: Arguments of a generation call that are given the stream and hand it on.
TRANSFORMING = frozenset("experimental_transform transform".split())
MODEL_WRAPPERS = frozenset("wrapLanguageModel experimental_wrapLanguageModel wrapImageModel".split())

#: Calls that end the request where they stand.
ENDING = frozenset("abort abort_with_status exit notFound redirect panic fail".split())

#: Calls whose result is what they are called on or given, seen another way.
VIEWS = frozenset(
    """strip trim str String lower upper toLowerCase toUpperCase join concat toString decode encode dumps loads stringify parse get
    getOrDefault content text replace getText getContent body json list tuple bytes string TrimSpace getBody asText getMessage""".split()
)
#: Names that mean something else when a function is handed to them.
AMBIGUOUS = frozenset("match count test error info done log".split())
#: Methods that put something into what they are called on.
FILLING = frozenset(
    """append add push put set extend insert update write write_text write_bytes send offer put_nowait enqueue setdefault setContent
    setText setBody setMessage addAttribute addObject""".split()
)
#: Verbs of calls that hand content to somebody.
HANDING = re.compile(
    r"(?i)^(?:_?(?:send|emit|push|publish|post|reply|deliver|respond|transmit|broadcast|notify|forward|dispatch|answer|stream))(?:$|_|[A-Z])|(?:To|_to)$"
)

WORD = re.compile(r"[a-z_][a-z0-9_]{2,}")
STORE_WRITES = frozenset(
    """add add_all create bulk_create insert insert_one insertOne insert_many insertMany save saveAll save_all persist put put_item
    putItem set setex hset rpush lpush xadd append push values upsert update update_one updateOne create_all Create Save Insert
    InsertOne Updates Update UpdateColumn UpdateColumns CreateInBatches Replace ReplaceOne replace_one replaceOne findOneAndUpdate
    find_one_and_update UpdateOne insertGetId Set RPush LPush HSet insertInto store write write_text write_bytes writeFile
    writeFileSync upload upload_file put_object putObject setItem index merge update_or_create get_or_create insertSelective
    execute executemany exec Exec run query ExecContext""".split()
)
STORE_READS = frozenset(
    """get get_or_404 all first one one_or_none scalar scalars filter filter_by find find_one findOne findAll findById findMany
    findFirst findUnique findBy find_many select selectOne selectList selectById list values values_list fetch fetchone fetchall
    fetchmany query execute Query QueryRow Find First Take Last Scan Get LRange HGet HGetAll lrange hget hgetall getItem get_item
    get_object getObject read read_text read_bytes readFile readFileSync open load order_by orderBy latest last aggregate from
    objects exec run all_ refresh FileResponse send_file send_from_directory sendFile download File FileAttachment from_
    createReadStream findAllBySessionId findAllByUserId QueryContext""".split()
)
#: Members that narrow a query: what they are given is not in the answer.
NARROWING = frozenset(
    """where Where filter_by order_by orderBy Order limit Limit Offset eq andWhere orWhere Or And Having having Preload Joins Group
    group_by groupBy lambdaQuery last_ wrapper ne le ge lt gt like in_ notIn between isNull isNotNull""".split()
)
#: Reads whose arguments are keys: what they carry is not in the answer.
LOOKS_UP = re.compile(r"(?i)^(?:get|find|fetch|select|lrange|hget|query|first|last|scan|list|all|search|load_)")
#: Names in a store call that say nothing about which store it is.
NOT_STORES = frozenset(
    """session client conn connection cursor self this prisma engine redis cache await async http https get post json text data
    content role user assistant none null true false message_id objects query request response app utf name value result row rows
    item items model models entity utils lib path file files dict list str int optional depends request requests app config
    setting settings log logger logging openai anthropic console process json math date array object promise string number boolean
    exception error base row now uuid time datetime system prompt answer reply question output input body append insert update
    select where order limit header headers authorization contenttype tx ctx context repo service store database mongo mongodb
    sqlite psycopg create save add put set""".split()
)

#: Functions that make a new collection.
COLLECTIONS = frozenset("list dict set make deque append BytesIO".split())

#: Parts that are the whole content of a response or message.
BODY = frozenset("body body_iterator content streaming_content data response rawBody _container".split())

#: Calls that fill what they are given a reference to.
READING_INTO = frozenset(
    """ShouldBindJSON ShouldBind ShouldBindQuery ShouldBindUri ShouldBindWith BindJSON Bind BindQuery Decode Unmarshal BodyParser
    Scan QueryParser ReadJSON Parse ParseBody""".split()
)
#: Arguments that only say whose request it is.
CONTEXT = re.compile(r"^(?:ctx|c|gctx|context|Context|Background|TODO|WithTimeout|WithCancel)$")

#: Constructors of writers around another writer.
MAKING_WRITERS = re.compile(
    r"^(?:New(?:Encoder|Writer|Printer)\w*|PrintWriter|BufferedWriter|OutputStreamWriter|getWriter|getOutputStream)$"
)

#: Expressions and calls that make a path or open a file.
PATHS = re.compile(r"^(?:Template|Literal|Op)$|(?i:path|open|file|join|create|stream|get|dir)")
