declare module 'cytoscape-fcose' {
  import type { Ext } from 'cytoscape'
  const extension: Ext
  export default extension
}
declare module 'topojson-client' {
  export function feature(topology: never, object: never): unknown
}
