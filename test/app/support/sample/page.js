document.documentElement.dataset.external = 'ran'

addEventListener('DOMContentLoaded', () => {
  document.querySelector('#share').addEventListener('click', () => void share())
})

async function share() {
  try {
    document.querySelector('video').srcObject = await navigator.mediaDevices.getDisplayMedia({ video: true })
    document.title = 'sharing'
  } catch (error) {
    document.title = error.name
  }
}
