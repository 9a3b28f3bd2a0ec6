import { part, record } from '../core.mjs'

export const crashReporter = part('crashReporter', {
  start: (options) => record('crashReporter.start', options),
  getLastCrashReport: () => null,
  getUploadedReports: () => [],
  getUploadToServer: () => false,
  setUploadToServer() {},
  addExtraParameter: (key, value) => record('crashReporter.addExtraParameter', key, value),
  removeExtraParameter() {},
  getParameters: () => ({}),
})
