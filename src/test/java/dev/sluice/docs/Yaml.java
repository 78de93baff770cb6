package dev.sluice.docs;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.config.YamlMapFactoryBean;
import org.springframework.core.io.ByteArrayResource;

/** A YAML file with the dotted names that Spring gives its values. */
final class Yaml {
  private Yaml() {}

  static Map<String, String> flat(String text) {
    YamlMapFactoryBean yaml = new YamlMapFactoryBean();
    yaml.setResources(new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)));
    Map<String, String> flat = new LinkedHashMap<>();
    Map<String, Object> nested = yaml.getObject();
    if (nested != null) {
      flatten("", nested, flat);
    }
    return flat;
  }

  private static void flatten(String prefix, Map<?, ?> nested, Map<String, String> flat) {
    nested.forEach(
        (name, value) -> {
          String path = prefix.isEmpty() ? String.valueOf(name) : prefix + "." + name;
          if (value instanceof Map<?, ?> deeper) {
            flatten(path, deeper, flat);
          } else {
            flat.put(path, String.valueOf(value));
          }
        });
  }
}
