import express, { Router as R, type Request } from 'express'
import * as ns from "./ns"
import type { T } from '@/types'
import './side'
import legacy = require('legacy')
import Alias = Outer.Inner
export * from './all'
export * as group from './group'
export { a as b, default } from './some'

async function load(name: string) {
  const { x, y: z = 1 } = await import('./lazy')
  const inner = require('./inner').part
  await import(`./by/${name}`)
  return x(z, inner)
}
import('./later').then((m) => m.run())
