export default async function (req: Request) { return handle(req) }
