/** A dialog's own code, which the first screen does without. */
export const loadModalFrame = () => import('./ModalFrame.svelte')
