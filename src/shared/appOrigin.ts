/** Where the page of the app's window comes from: the package, by Electron's own protocol. No page of the web can have this origin. */
export const APP_ORIGIN = 'app://lanyard'
