const service = {
  async reply(text) { return model.run(text) },
  nested: { go: (x) => x, [`dyn`]: function () {} },
  get size() { return 1 },
  'quoted-key': 1, 2: two, short, ...others,
} as const
const url = `${base}/v1/chat/${id}?x=1`
const joined = 'https://' + host + ':' + port + '/path', sum = a + b + c
const text = 'line\n\u{1F600}\ud83d\ude00\x41\
joined', lone = '\ud800', tpl = `plain`, html = "a\"b"
const numbers = [0x1f, 1_000, 1.5, 10n, 9007199254740993, 1e999, 017, -2]
const [first, , third = 3, ...tail] = list
;({ a: obj.a, b = 2 } = source)
const found = tag`select ${id} from t`
client.chat
  .completions
  .create({ model })
const maybe = a?.b?.[0]?.(c!) ?? d?.e
x = y = await load(), i++, n += 2, s ||= 't'
const re = /a+\/b/gi, where = import.meta.url, un = undefined, big = (1, 2)
if ((m = re.exec(s))) use(m, typeof m, !m, -m, void 0, delete o.k, 'k' in o)
const pick = ok ? one() : two ? three : new Four
const kept = value as unknown as Handler
