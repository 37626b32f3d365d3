import { a } from './a'
function good() { return a() }
const = = ;
class Half { method( { }
export function after() { return good() }
