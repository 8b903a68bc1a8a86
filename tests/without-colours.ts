// Texts are compared as they are read: a colour that a terminal or a CI service asks for would be in them. Runs before each file.
delete process.env.FORCE_COLOR;
process.env.NO_COLOR = '1';
