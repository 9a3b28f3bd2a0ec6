/** The program `lanyard`: the room server without a window, and the commands that look after it. */
import { join } from 'node:path'
import { makeProgram } from './cli/program.ts'

const isSource = import.meta.filename.endsWith('.ts')
await makeProgram(process.env, join(import.meta.dirname, isSource ? '../../out/renderer' : '../renderer')).parseAsync()
