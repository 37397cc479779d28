package io.djinn.opclass.builtin.json.value;

/** The JSON null, which is a value, unlike SQL NULL, which Java null stands for. */
public enum JsonNull {
  NULL;

  @Override
  public String toString() {
    return "null";
  }
}
