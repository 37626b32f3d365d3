@Controller({ path: 'chat', version: '1' })
export class Chat<T> extends Base<T> implements A, ns.B {
  static #count = 0
  @Inject(TOKEN) private readonly client?: Map<string, OpenAI>
  model = new OpenAI({ key: process.env.KEY! })
  handle = async (x: string) => this.reply(x)

  constructor(private readonly svc: Svc, @Inject('mq') queue: Queue, plain = 1) {
    super(svc)
    this.queue = queue
  }

  @Post(':id')
  @Header('x', 'y')
  public async reply(@Body() dto: Dto, @Param('id') id: string): Promise<Reply> {
    return this.svc.run(dto as Item, id)
  }

  static get total() { return Chat.#count }
  set total(value) {}
  *[Symbol.iterator]() {}
  over(a: string): void
  over(a: any) {}
  protected abstract later(): void
  static { register(Chat) }
}
const Made = class Inner { go() {} }
const mixin = (base) => class extends base {}
