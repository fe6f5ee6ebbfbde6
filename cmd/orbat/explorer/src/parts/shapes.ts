// The outlines that the ontology names, as paths around the middle, and what Cytoscape calls them.

function polygon(points: number, turn: number, inner = 1): string {
  const count = inner === 1 ? points : points * 2
  const at = Array.from({ length: count }, (_, i) => {
    const r = inner !== 1 && i % 2 === 1 ? inner : 1
    const angle = (i / count) * 2 * Math.PI + turn
    return `${(r * Math.cos(angle)).toFixed(3)} ${(r * Math.sin(angle)).toFixed(3)}`
  })
  return `M${at.join('L')}Z`
}

const up = -Math.PI / 2

const outlines: Record<string, { path: string; cytoscape: string; wide: number; high: number }> = {
  circle: { path: 'M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0Z', cytoscape: 'ellipse', wide: 34, high: 34 },
  rectangle: { path: 'M-1 -0.7H1V0.7H-1Z', cytoscape: 'rectangle', wide: 42, high: 30 },
  hexagon: { path: polygon(6, 0), cytoscape: 'hexagon', wide: 40, high: 36 },
  octagon: { path: polygon(8, Math.PI / 8), cytoscape: 'octagon', wide: 36, high: 36 },
  diamond: { path: polygon(4, 0), cytoscape: 'diamond', wide: 42, high: 42 },
  triangle: { path: polygon(3, up), cytoscape: 'triangle', wide: 40, high: 36 },
  star: { path: polygon(5, up, 0.45), cytoscape: 'star', wide: 44, high: 44 },
  tag: { path: 'M-1 -0.7H0.5L1 0L0.5 0.7H-1Z', cytoscape: 'tag', wide: 38, high: 28 },
}

function outline(shape: string) {
  return outlines[shape] ?? outlines.rectangle!
}

export function outlinePath(shape: string): string {
  return outline(shape).path
}

export function cytoscapeShape(shape: string): string {
  return outline(shape).cytoscape
}

export function nodeSize(shape: string): { width: number; height: number } {
  const o = outline(shape)
  return { width: o.wide, height: o.high }
}
