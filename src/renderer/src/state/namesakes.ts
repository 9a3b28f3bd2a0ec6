import { skeletonOf } from '../../../shared/names.ts'

/** Says of each of these names whether another one among them looks the same. */
export function namesakesAmong(names: readonly string[]): (name: string) => boolean {
  const groups = Map.groupBy(names, skeletonOf)
  return (name) => (groups.get(skeletonOf(name))?.length ?? 0) > 1
}
