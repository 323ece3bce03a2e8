// Proposes the usual port of the chosen protocol. Without JavaScript the form works all the same.
const form = document.querySelector("[data-example-form]");
const usual = { https: "443", mqtt: "8883" };
form.elements.protocol.addEventListener("change", (event) => {
  if (Object.values(usual).includes(form.elements.port.value)) {
    form.elements.port.value = usual[event.target.value];
  }
});
