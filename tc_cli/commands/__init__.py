"""The verbs that staff types. One file a noun, one function a verb; heavy imports inside the function."""
