import { answer, Emitter, part, record } from '../core.mjs'

class PowerMonitor extends Emitter {
  // a test emits 'suspend', 'resume', 'lock-screen' …
  static apiName = 'powerMonitor'
  onBatteryPower = false
  isOnBatteryPower() {
    return this.onBatteryPower
  }
  getSystemIdleTime() {
    return answer('powerMonitor.getSystemIdleTime', 0)
  }
  getSystemIdleState() {
    return answer('powerMonitor.getSystemIdleState', 'active')
  }
  getCurrentThermalState() {
    return 'unknown'
  }
}

export const powerMonitor = new PowerMonitor()

const blockers = new Set()
let blockerIds = 0
export const powerSaveBlocker = part('powerSaveBlocker', {
  start: (type) => {
    record('powerSaveBlocker.start', type)
    blockers.add(++blockerIds)
    return blockerIds
  },
  stop: (id) => {
    record('powerSaveBlocker.stop', id)
    return blockers.delete(id)
  },
  isStarted: (id) => blockers.has(id),
})
