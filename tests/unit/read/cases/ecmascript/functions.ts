'use server'
import 'x'
async function* stream(this: Ctx, text: string, size = 1, ...rest: Part[]): AsyncGenerator<string, void> {
  'use cache: remote'
  yield* source(text)
  yield
}
const arrow = x => x
const wrapped = (async ({ a, b: { c = 1 }, ...d }: Props, [e, , f]) => { await a(c) }) satisfies Fn
items.map((x) => x.id).filter(function keep(y) { return y })
later.handler = () => go()
let timer = setTimeout(async () => { tick() }, 10)
function over(a: string): void
function over(a: any) {}
;(function () { start() })()
