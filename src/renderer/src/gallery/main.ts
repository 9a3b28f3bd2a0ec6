/**
 * Every screen and state with sample data, for the eye: `/gallery.html?scene=call&people=9&theme=dark` on the development
 * server. Not part of the program.
 */
import '../noEval.ts'
import { mount } from 'svelte'
import '../styles/base.css'
import Gallery from './Gallery.svelte'

const target = document.querySelector('#app')
if (!target) throw new Error('gallery.html has no #app')
mount(Gallery, { target })
