interface Store<T> extends Reader<T>, ns.Writer {
  name: string
  get(key: string): Promise<T[]>
  get(key: number): Promise<T>
  readonly send?: (text: string) => void
  [key: string]: unknown
}
type Props = Base & Omit<Other, 'a'> & { model: ChatModel; onDone(x: number): void }
type Either = A | B[] | null
declare class Ambient { run(): void }
declare function outside(x: number): string
declare global { interface Window { app: App } }
const enum Level { Low = 1, 'very high' = 'x' }
let a: Record<string, Handler<Req>>, b!: [first: A, second?: B], c: typeof config
let d: (x: A) => B, e: keyof T, f: T extends U ? X : Y, g: T['key'], h: -1, i: `a${string}`
function is(x: unknown): x is Foo { return (<Foo>x).ok && x instanceof Foo }
