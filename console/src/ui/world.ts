import { geoNaturalEarth1, geoPath } from 'd3-geo'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import world from 'world-atlas/countries-110m.json'
import { alpha2, dots } from './countries'

export const width = 800
export const height = 400
const antarctica = '010'

/** The countries of the world as shapes, and where a place lies on the same drawing. */
export function areas() {
  const topology = world as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>
  const all = feature(topology, topology.objects.countries)
  const features = all.features.filter((f) => f.id !== antarctica)
  const projection = geoNaturalEarth1().fitSize([width, height], { type: 'FeatureCollection', features })
  const path = geoPath(projection).digits(1)
  const shapes = features.map((f) => ({ code: alpha2(f), d: path(f) ?? '', name: f.properties.name }))
  const points = Object.entries(dots).map(([code, at]) => ({ code, at: projection(at) ?? [0, 0] }))
  const at = (longitude: number, latitude: number): [number, number] => projection([longitude, latitude]) ?? [0, 0]
  return { shapes, points, at }
}
