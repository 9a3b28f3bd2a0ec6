/** The form of *New room*, which the first screen does without. */
export const loadNewRoomForm = () => import('./NewRoomForm.svelte')
