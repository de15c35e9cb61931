"""Chat and HTTP on one port. Importing this keeps Gradio quiet: nothing is sent anywhere."""

import os

# They are read when gradio and huggingface_hub are first imported, so this comes before both.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
