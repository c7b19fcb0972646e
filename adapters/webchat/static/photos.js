// Photos chosen for the next message, shown small, removable.

const MAX = 5;
const MAX_BYTES = 10 * 1024 * 1024;

export class Photos {
  constructor(texts, complain) {
    this.texts = texts;
    this.complain = complain;
    this.chosen = [];
    this.list = document.getElementById("previews");
    this.input = document.getElementById("photos");
    this.input.addEventListener("change", () => {
      this.add([...this.input.files]);
      this.input.value = "";
    });
    document.getElementById("text").addEventListener("paste", (event) => {
      const images = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
      if (images.length) {
        event.preventDefault();
        this.add(images);
      }
    });
  }

  add(files) {
    for (const file of files) {
      if (file.size > MAX_BYTES) this.complain(this.texts.photoTooLarge);
      else if (this.chosen.length >= MAX) this.complain(this.texts.photoTooMany);
      else this.chosen.push(file);
    }
    this.show();
  }

  /** The chosen photos, which are then no longer chosen. */
  take() {
    const taken = this.chosen;
    this.chosen = [];
    this.show();
    return taken;
  }

  show() {
    for (const image of this.list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    this.list.replaceChildren(...this.chosen.map((file, place) => this.preview(file, place)));
    this.list.hidden = !this.chosen.length;
  }

  preview(file, place) {
    const item = document.createElement("li");
    const image = document.createElement("img");
    image.src = URL.createObjectURL(file);
    image.alt = `${this.texts.photo} ${place + 1}`;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.setAttribute("aria-label", this.texts.remove.replace("{number}", place + 1));
    remove.addEventListener("click", () => {
      this.chosen.splice(place, 1);
      this.show();
      document.getElementById("text").focus();
    });
    item.append(image, remove);
    return item;
  }
}
