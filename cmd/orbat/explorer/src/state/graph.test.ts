import { describe, expect, it } from 'vitest'
import type { Edge, Node } from '../api/client'
import { apply, broughtOnlyBy, changeOf, emptyGraph, newHistory, redo, shown, step, undo, type Graph } from './graph'

const node = (xid: string, type = 'Person'): Node => ({ xid, type, name: xid.toUpperCase() })
const edge = (from: string, to: string, relation = 'commands'): Edge => ({
  id: `${from} ${relation} ${to}`,
  from,
  to,
  relation,
  claims: 1,
  sources: 1,
})

const abc: Graph = apply(
  apply(emptyGraph, { do: 'add', nodes: [node('a')], edges: [] }),
  { do: 'add', nodes: [node('b', 'Unit'), node('c')], edges: [edge('a', 'b'), edge('b', 'c'), edge('c', 'z')], from: 'a' },
)

describe('a graph', () => {
  it('takes no link without both ends', () => {
    expect(Object.keys(abc.edges)).toEqual(['a commands b', 'b commands c'])
  })

  it('leaves a command that changes nothing without a trace', () => {
    const h = step({ ...newHistory, now: abc }, { do: 'hide', xids: ['nobody'] })
    expect(h.past).toHaveLength(0)
    expect(h.now).toBe(abc)
  })

  it('hides the links of what is hidden, and counts both', () => {
    const s = shown(apply(abc, { do: 'hide', xids: ['b'] }), null)
    expect(s.nodes.map((n) => n.xid)).toEqual(['a', 'c'])
    expect(s.edges).toEqual([])
    expect(s.leftOut).toEqual({ nodes: 1, edges: 2 })
  })

  it('shows again what is added again', () => {
    const again = apply(apply(abc, { do: 'hide', xids: ['b'] }), { do: 'add', nodes: [node('b', 'Unit')], edges: [] })
    expect(again.hidden).toEqual([])
  })

  it('filters by type, relation and number of links', () => {
    const filtered = (change: object) => shown(apply(abc, { do: 'filter', change }), null)
    expect(filtered({ hiddenTypes: ['Unit'] }).nodes.map((n) => n.xid)).toEqual(['a', 'c'])
    expect(filtered({ hiddenRelations: ['commands'] }).edges).toEqual([])
    expect(filtered({ minLinks: 2 }).nodes.map((n) => n.xid)).toEqual(['b'])
  })

  it('shows of a moment what the server says holds, and fades what has no link then', () => {
    const s = shown(abc, { edges: { 'a commands b': { ...edge('a', 'b'), possible: true } } })
    expect(s.edges.map((e) => [e.id, e.possible])).toEqual([['a commands b', true]])
    expect([...s.faded]).toEqual(['c'])
  })
})

describe('collapsing', () => {
  it('takes what the expansion brought, and what that brought in turn', () => {
    const more = apply(abc, { do: 'add', nodes: [node('d')], edges: [edge('c', 'd')], from: 'c' })
    expect(Object.keys(apply(more, { do: 'collapse', xid: 'a' }).nodes)).toEqual(['a'])
    expect(Object.keys(apply(more, { do: 'collapse', xid: 'c' }).nodes)).toEqual(['a', 'b', 'c'])
  })

  it('keeps what is pinned and what leads to it', () => {
    const more = apply(abc, { do: 'add', nodes: [node('d')], edges: [edge('c', 'd')], from: 'c' })
    expect(broughtOnlyBy(apply(more, { do: 'pin', xids: ['d'], on: true }), 'a')).toEqual(['b'])
  })
})

describe('history', () => {
  it('undoes and does again', () => {
    let h = step({ ...newHistory, now: abc }, { do: 'remove', xids: ['b'] })
    h = step(h, { do: 'pin', xids: ['a'], on: true })
    h = undo(undo(h))
    expect(h.now).toBe(abc)
    h = redo(h)
    expect(Object.keys(h.now.nodes)).toEqual(['a', 'c'])
    expect(h.future).toHaveLength(1)
  })

  it('keeps places with the command that brought the nodes', () => {
    let h = step(newHistory, { do: 'add', nodes: [node('a')], edges: [] })
    h = step(h, { do: 'place', positions: { a: [1, 2], stranger: [3, 4] } })
    expect(h.past).toHaveLength(1)
    expect(h.now.positions).toEqual({ a: [1, 2] })
    expect(undo(h).now).toBe(emptyGraph)
  })

  it('takes a slider on its way for one command', () => {
    let h = step({ ...newHistory, now: abc }, { do: 'filter', change: { asOf: '2020' } })
    h = step(h, { do: 'filter', change: { asOf: '2021' } })
    expect(h.past).toHaveLength(1)
    expect(undo(h).now.filters.asOf).toBe('')
  })
})

describe('what others loaded meanwhile', () => {
  const now = { nodes: [node('a'), { ...node('b', 'Unit'), name: 'renamed' }], edges: [{ ...edge('a', 'b'), sources: 2 }, edge('b', 'a')] }

  it('is told apart: new, otherwise, gone', () => {
    expect(changeOf(abc, Object.values(abc.nodes), Object.values(abc.edges))).toBeNull()
    expect(changeOf(abc, now.nodes, now.edges)).toEqual({
      nodes: ['b'], added: ['b commands a'], edges: ['a commands b'], gone: { nodes: ['c'], edges: ['b commands c'] },
    })
  })

  it('is taken over without moving anything', () => {
    const placed = apply(abc, { do: 'move', positions: { a: [1, 2], b: [3, 4], c: [5, 6] } })
    const g = apply(placed, { do: 'refresh', ...now })
    expect(g.positions).toEqual({ a: [1, 2], b: [3, 4] })
    expect([g.nodes.b?.name, Object.keys(g.edges)]).toEqual(['renamed', ['a commands b', 'b commands a']])
  })
})
