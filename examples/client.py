"""Asks a server for a prediction and its explanation, with the standard library alone:

    python3 examples/client.py IMAGE [URL]
"""

import base64
import json
import sys
import urllib.error
import urllib.request

if len(sys.argv) < 2:
    sys.exit("usage: python3 examples/client.py IMAGE [URL]")
server = sys.argv[2] if len(sys.argv) > 2 else "http://localhost:8080"
with open(sys.argv[1], "rb") as file:
    image = base64.b64encode(file.read()).decode()

request = urllib.request.Request(
    f"{server}/predict?explain=concepts,contributions",
    json.dumps({"instances": [{"image": image}]}).encode(),
    {"Content-Type": "application/json"},
)
try:
    with urllib.request.urlopen(request, timeout=30) as response:
        answer = json.load(response)
except urllib.error.HTTPError as error:
    sys.exit(json.load(error)["error"]["message"])

(prediction,) = answer["predictions"]
label, index = prediction["label"], prediction["index"]
print(f"{answer['model']}: {label}, with probability {prediction['probability']:.3f}")
reasons = sorted(enumerate(row[index] for row in prediction["contributions"]), key=lambda reason: -reason[1])
for concept, logit in reasons[:3]:
    print(f"  concept {concept}: {logit:.2f}")
