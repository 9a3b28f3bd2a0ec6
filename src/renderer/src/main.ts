import './noEval.ts'
import { mount } from 'svelte'
import App from './App.svelte'
import { findAutomation } from './platform/desktop.ts'
import './styles/base.css'

const automation = findAutomation()
// Before anything asks what time it is. It is not loaded otherwise.
if (automation && automation.clockAheadMs !== 0) (await import('../../shared/shiftClock.ts')).shiftClock(automation.clockAheadMs)

const target = document.querySelector('#app')
if (!target) throw new Error('index.html has no #app')
mount(App, { target })
