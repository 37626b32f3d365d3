export const GET = async (req: Request) => new Response(req.url), limit = 10
export const { left, right: [first] } = pair
export function named() {}
export abstract class Base { abstract run(): void }
export enum Kind { A = 'a', B }
export interface Shape { area(): number }
export type Id = string
function hidden() {}
export { hidden as shown, hidden as default }
namespace Deep.Space { export function probe() {} }
declare module 'ambient' { export function seen(): void }
