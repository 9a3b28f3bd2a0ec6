import { FuseV1Options, FuseVersion } from '@electron/fuses'

/**
 * What the packaged app can no longer be talked into (https://www.electronjs.org/docs/latest/tutorial/fuses). Every fuse is decided:
 * one that a new Electron brings fails the packing until it is.
 */
export const fuses = /** @type {const} */ ({
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  // Not a Node for others. The room server's utility process does not need it.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // The window's page comes by a protocol of its own.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // Not a guard: without it V8 checks each access to WebAssembly's memory in code, which is slower.
  [FuseV1Options.WasmTrapHandlers]: true,
})
