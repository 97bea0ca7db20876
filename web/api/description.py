from flask import Blueprint

blueprint = Blueprint("api_description", __name__)
