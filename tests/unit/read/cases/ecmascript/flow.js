// @flow
import type { Node } from 'react'
export function render(x: string): Node { return draw(x) }
