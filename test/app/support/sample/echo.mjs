process.parentPort.on('message', ({ data }) => {
  if (data === 'crash') process.abort()
  if (data === 'exit') process.exit(7)
  process.parentPort.postMessage({ echo: data, type: process.type })
})
