'use client'
export default function Page({ id }: { id: string }) {
  const [open, setOpen] = useState<boolean>(false)
  return (
    <>
      <Chat.Window id={id} {...rest} onSend={async (text) => { await send(text) }} big title="a &amp; b">
        Save & Close {/* note */}
        {items.map((item) => <Row key={item.id} item={item} />)}
        <p aria-label={`x ${id}`}>备案号</p>
        {...more}
      </Chat.Window>
      <svg:rect icon=<Icon /> />
    </>
  )
}
