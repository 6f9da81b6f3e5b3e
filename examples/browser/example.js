/** Draws a 1, and says what the model takes it for and why, and what would make it a 7. The model runs in a worker. */
import { loadModel, tensorToImageData } from './senn-onnx-web.js';

const canvas = document.querySelector('#digit');
const drawing = canvas.getContext('2d');
drawing.fillRect(0, 0, canvas.width, canvas.height);
drawing.strokeStyle = 'white';
drawing.lineWidth = 14;
drawing.lineCap = 'round';
drawing.beginPath();
drawing.moveTo(72, 30);
drawing.lineTo(66, 112);
drawing.stroke();

const model = await loadModel('models/mnist-disenn/');
const [{ label, index, probability, contributions }] = await model.predict(canvas);
document.querySelector('#answer').textContent = `${label}, with probability ${probability.toFixed(3)}`;
for (const [k, { name }] of model.manifest.concepts.entries()) {
  const reason = document.createElement('li');
  reason.textContent = `${name}: ${contributions[k][index].toFixed(2)}`;
  document.querySelector('#reasons').append(reason);
}

const { decoded, distance, verified } = await model.counterfactual(canvas, '7');
const image = tensorToImageData({ shape: [1, ...decoded.shape], data: decoded.data });
const picture = document.querySelector('#seven');
picture.width = image.width;
picture.height = image.height;
picture.getContext('2d').putImageData(image, 0, 0);
document.querySelector('#nearest').textContent =
  `The nearest 7: concepts ${distance.toFixed(1)} deviations away${verified ? ', and the model reads it so' : ''}`;

const file = document.querySelector('#file');
file.addEventListener('change', async () => {
  const said = document.querySelector('#answer');
  try {
    const [prediction] = await model.predict(file.files[0]);
    said.textContent = `${file.files[0].name}: ${prediction.label}, with probability ${prediction.probability.toFixed(3)}`;
  } catch ({ code, message }) {
    said.textContent = `${code}: ${message}`;
  }
});
