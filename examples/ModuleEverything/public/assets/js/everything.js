// On the page of the settings, if an administrator granted it.
document.documentElement.dataset.everything = "here";
