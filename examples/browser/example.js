/** Draws a 1, and says what the model takes it for and why. */
import { imageToTensor, loadModel } from './senn-onnx-web.js';

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
const [{ label, index, probability, contributions }] = await model.predict(imageToTensor(canvas, model.manifest.input));
document.querySelector('#answer').textContent = `${label}, with probability ${probability.toFixed(3)}`;
for (const [k, { name }] of model.manifest.concepts.entries()) {
  const reason = document.createElement('li');
  reason.textContent = `${name}: ${contributions[k][index].toFixed(2)}`;
  document.querySelector('#reasons').append(reason);
}
