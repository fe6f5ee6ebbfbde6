import { expect, it } from 'vitest'
import type { Edge, Node } from '../api/client'
import { apart } from './apart'

const node = (xid: string, name: string, type = 'Location'): Node => ({ xid, type, name })
const edge = (from: string, to: string): Edge => ({ id: `${from} ${to}`, from, to, relation: 'within', claims: 1, sources: 1 })

it('tells namesakes apart by what they lie in, else by their ids, and says nothing of who bears a name alone', () => {
  const nodes = [node('a', 'Gwoza'), node('b', 'gwoza'), node('c', 'Bama'), node('d', 'Bama'), node('e', 'Borno'), node('f', 'Gwoza', 'Unit')]
  const told = apart(nodes, [edge('a', 'e'), edge('c', 'e'), edge('d', 'e'), edge('f', 'e')], (e) => `within ${e.to}`)
  expect(Object.fromEntries(told)).toEqual({ a: 'within e', b: 'b', c: 'c', d: 'd', f: 'f' })
})
