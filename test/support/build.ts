import { build } from '../../scripts/setup/build.mjs'

export const setup = (): Promise<void> => build()
