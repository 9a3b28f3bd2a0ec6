import './noEval.ts'
import { mount } from 'svelte'
import App from './App.svelte'
import './styles/base.css'

const target = document.querySelector('#app')
if (!target) throw new Error('index.html has no #app')
mount(App, { target })
